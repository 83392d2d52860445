-- The part of an Open ePlatform database that Ärendebryggan reads, to try the
-- example without one. It is written from what is publicly known of the platform:
-- table and column names are its own, much that is not read is left out.
--
-- Loading this creates the tables in the present database. Do not load it into a
-- real one.

SET NAMES utf8mb4;

-- An e-service. Each published version of it is a flow of its own, with statuses
-- of its own; the family holds the versions together.
CREATE TABLE flowengine_flows (
  flowID        int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  flowFamilyID  int unsigned NOT NULL,
  version       int unsigned NOT NULL,
  name          varchar(255) NOT NULL,
  UNIQUE KEY (flowFamilyID, version)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

-- Statuses of a flow. Their names are free text and may differ in case only;
-- contentType is what they mean.
CREATE TABLE flowengine_flow_statuses (
  statusID     int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name         varchar(255) NOT NULL,
  contentType  varchar(30) NOT NULL,
  flowID       int unsigned NOT NULL,
  KEY (flowID),
  FOREIGN KEY (flowID) REFERENCES flowengine_flows (flowID)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

-- A case.
CREATE TABLE flowengine_flow_instances (
  flowInstanceID    int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  flowID            int unsigned NOT NULL,
  statusID          int unsigned NOT NULL,
  added             timestamp NOT NULL DEFAULT current_timestamp(),
  updated           timestamp NULL DEFAULT NULL,
  lastStatusChange  timestamp NULL DEFAULT NULL,
  firstSubmitted    timestamp NULL DEFAULT NULL,
  KEY (flowID),
  KEY (statusID),
  FOREIGN KEY (flowID) REFERENCES flowengine_flows (flowID),
  FOREIGN KEY (statusID) REFERENCES flowengine_flow_statuses (statusID)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

-- What happened in a case. The row says the status by its name at that time, also
-- when the event did not change it. Any UPDATE of a row moves added.
CREATE TABLE flowengine_flow_instance_events (
  eventID         int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  flowInstanceID  int unsigned NOT NULL,
  eventType       varchar(50) NOT NULL,
  status          varchar(255) DEFAULT NULL,
  added           timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  poster          int unsigned DEFAULT NULL,
  details         text DEFAULT NULL,
  KEY (flowInstanceID),
  FOREIGN KEY (flowInstanceID) REFERENCES flowengine_flow_instances (flowInstanceID)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

-- Attributes of a case; organizationNumber is there when it concerns an organisation.
CREATE TABLE flowengine_flow_instance_attributes (
  flowInstanceID  int unsigned NOT NULL,
  name            varchar(255) NOT NULL,
  value           varchar(4096) NOT NULL,
  PRIMARY KEY (flowInstanceID, name),
  FOREIGN KEY (flowInstanceID) REFERENCES flowengine_flow_instances (flowInstanceID)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

-- Who owns a case: the one who began it and those who take part in it.
CREATE TABLE flowengine_flow_instance_owners (
  flowInstanceID  int unsigned NOT NULL,
  userID          int unsigned NOT NULL,
  PRIMARY KEY (flowInstanceID, userID),
  FOREIGN KEY (flowInstanceID) REFERENCES flowengine_flow_instances (flowInstanceID)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

-- Attributes of users; citizenIdentifier is the identity number.
CREATE TABLE simple_user_attributes (
  userID  int unsigned NOT NULL,
  name    varchar(255) NOT NULL,
  value   varchar(4096) NOT NULL,
  PRIMARY KEY (userID, name)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;
