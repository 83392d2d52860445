-- A handful of cases that show what such a database holds. Every identity number
-- is an official test number. The times are Swedish.

SET NAMES utf8mb4;
SET time_zone = '+02:00';

INSERT INTO flowengine_flows (flowID, flowFamilyID, version, name) VALUES
  (11, 101, 1, 'Anmälan om eldstad'),
  (12, 101, 2, 'Anmälan om installation av eldstad'),
  (21, 102, 1, 'Ansökan om föreningsbidrag'),
  (31, 103, 1, 'Synpunkter på webbplatsen');

-- Version 2 of the first flow has two statuses whose names differ in case only, and
-- what version 1 called "Klart" is called "Avslutat".
INSERT INTO flowengine_flow_statuses (statusID, name, contentType, flowID) VALUES
  (111, 'Sparat', 'NEW', 11), (112, 'Inskickat', 'SUBMITTED', 11), (113, 'Under behandling', 'IN_PROGRESS', 11),
  (114, 'Komplettering behövs', 'WAITING_FOR_COMPLETION', 11), (115, 'Klart', 'ARCHIVED', 11),
  (121, 'Sparat', 'NEW', 12), (122, 'Inskickat', 'SUBMITTED', 12), (123, 'Under Behandling', 'IN_PROGRESS', 12),
  (124, 'under behandling', 'WAITING_FOR_COMPLETION', 12), (125, 'Väntar på underskrift', 'WAITING_FOR_MULTISIGN', 12),
  (126, 'Väntar på betalning', 'WAITING_FOR_PAYMENT', 12), (127, 'Avslutat', 'ARCHIVED', 12),
  (211, 'Sparat', 'NEW', 21), (212, 'Inskickat', 'SUBMITTED', 21), (213, 'Under behandling', 'IN_PROGRESS', 21),
  (214, 'Komplettering behövs', 'WAITING_FOR_COMPLETION', 21), (215, 'Avslutat', 'ARCHIVED', 21),
  (311, 'Inskickat', 'SUBMITTED', 31);

INSERT INTO simple_user_attributes (userID, name, value) VALUES
  (1, 'citizenIdentifier', '19900922-2382'), (1, 'mobilePhone', '070-0000001'),
  (2, 'citizenIdentifier', '19541007-2572'),
  (3, 'citizenIdentifier', '198300742395'),             -- a samordningsnummer
  (4, 'citizenIdentifier', '20000112-1227'),
  (5, 'mobilePhone', '070-0000005');                    -- no identity number known

INSERT INTO flowengine_flow_instances (flowInstanceID, flowID, statusID, added, firstSubmitted) VALUES
  (1001, 11, 115, '2026-05-04 08:00:00', '2026-05-04 08:12:00'),
  (1003, 12, 123, '2026-06-01 19:00:00', '2026-06-02 20:15:00'),
  (1005, 21, 213, '2026-06-03 10:00:00', '2026-06-03 10:05:00'),
  (1007, 12, 121, '2026-06-04 21:00:00', NULL),
  (1009, 11, 113, '2026-06-05 09:00:00', '2026-06-05 09:30:00'),
  (1011, 31, 311, '2026-06-06 12:00:00', '2026-06-06 12:00:00');

INSERT INTO flowengine_flow_instance_owners (flowInstanceID, userID) VALUES
  (1001, 1),
  (1003, 2), (1003, 3),                                 -- two owners: each gets the events
  (1005, 2), (1005, 4),                                 -- wrote the application for the organisation below
  (1007, 1),
  (1009, 4), (1009, 5),
  (1011, 1);

INSERT INTO flowengine_flow_instance_attributes (flowInstanceID, name, value) VALUES
  (1001, 'propertyDesignation', 'TESTSTAD 1:1'),
  (1005, 'organizationNumber', '212000-2411'),
  (1009, 'organizationNumber', '');                     -- a field left empty: the owners are the kunder

INSERT INTO flowengine_flow_instance_events (eventID, flowInstanceID, eventType, status, added, poster) VALUES
  -- 1001: asked for more, answered, finished. A message in between repeats the status.
  (1,  1001, 'STATUS_UPDATED', 'Sparat',                '2026-05-04 08:00:00', 1),
  (3,  1001, 'SUBMITTED',      'Inskickat',             '2026-05-04 08:12:00', 1),
  (5,  1001, 'STATUS_UPDATED', 'Under behandling',      '2026-05-05 09:00:00', 90),
  (7,  1001, 'STATUS_UPDATED', 'Komplettering behövs',  '2026-05-06 13:20:00', 90),
  (9,  1001, 'MANAGER_MESSAGE_SENT', 'Komplettering behövs', '2026-05-06 13:21:00', 90),
  (11, 1001, 'STATUS_UPDATED', 'Inskickat',             '2026-05-09 18:40:00', 1),
  (13, 1001, 'STATUS_UPDATED', 'Under behandling',      '2026-05-11 08:05:00', 90),
  (15, 1001, 'STATUS_UPDATED', 'Klart',                 '2026-05-12 15:00:00', 90),
  -- 1003: two owners sign, pay, and the case is asked for more under a name that
  -- differs from another one in case only.
  (17, 1003, 'STATUS_UPDATED', 'Sparat',                '2026-06-01 19:00:00', 2),
  (19, 1003, 'STATUS_UPDATED', 'Väntar på underskrift', '2026-06-01 19:30:00', 2),
  (21, 1003, 'STATUS_UPDATED', 'Väntar på betalning',   '2026-06-02 20:10:00', 3),
  (23, 1003, 'SUBMITTED',      'Inskickat',             '2026-06-02 20:15:00', 2),
  (25, 1003, 'STATUS_UPDATED', 'Under Behandling',      '2026-06-03 08:00:00', 90),
  (27, 1003, 'STATUS_UPDATED', 'under behandling',      '2026-06-03 08:30:00', 90),
  (29, 1003, 'STATUS_UPDATED', 'Under Behandling',      '2026-06-04 07:50:00', 90),
  -- 1005: the kund is the organisation, not the persons who wrote.
  (31, 1005, 'SUBMITTED',      'Inskickat',             '2026-06-03 10:05:00', 4),
  (33, 1005, 'STATUS_UPDATED', 'Under behandling',      '2026-06-04 10:00:00', 91),
  -- 1007: a draft that was never sent.
  (35, 1007, 'STATUS_UPDATED', 'Sparat',                '2026-06-04 21:00:00', 1),
  -- 1009: finished by mistake and opened again; one owner has no identity number; one
  -- status has been renamed since, so that nobody knows what it meant.
  (37, 1009, 'SUBMITTED',      'Inskickat',             '2026-06-05 09:30:00', 4),
  (39, 1009, 'STATUS_UPDATED', 'Klart',                 '2026-06-08 11:00:00', 90),
  (41, 1009, 'STATUS_UPDATED', 'Under behandling',      '2026-06-08 11:02:00', 90),
  (43, 1009, 'STATUS_UPDATED', 'Hos granskaren',        '2026-06-09 14:00:00', 90),
  -- 1011: an e-service that has no mapping.
  (45, 1011, 'SUBMITTED',      'Inskickat',             '2026-06-06 12:00:00', 1);
