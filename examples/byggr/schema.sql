-- The part of ByggR's database that this example reads, to try it and to test it
-- without one. Written from what is publicly known of the system: names and types
-- are its own, most columns that are not read are left out.
--
-- Run it in an empty database. Never in a real one.
--
-- Text is varchar in code page 1252. Times are datetime, to 1/300 s, and say what the
-- clock on the wall said.
--
-- What is indexed is what costs nothing to look for, so here is what is not:
--   arkHandelse.UpdDatum   the only column that moves when an event is changed
--   arkHandelse.RegDatum   when it was written
--   arkArende_PersOrgVersion.UpdDatum and arkHandelse_PersOrgVersion.UpdDatum, which
--                          may be NULL besides
-- New events are therefore found by HandelseId, the primary key, and everything else
-- by the sweep.

-- What kind of case: bygglov, anmälan and so on. The ids are each kommun's own.
CREATE TABLE dbo.arkArendeTyp (
  ArendeTypId int         NOT NULL,
  ArendeTyp   varchar(10) NOT NULL,
  Beskrivning varchar(50) NOT NULL,
  PRIMARY KEY (ArendeTypId)
);

CREATE TABLE dbo.arkArendeStatus (
  StatusId    numeric(1,0) NOT NULL,
  Status      varchar(10)  NOT NULL,
  Beskrivning varchar(40)  NOT NULL,
  PRIMARY KEY (StatusId),
  UNIQUE (Status)
);

-- A case. MakDatum: it was registered by mistake and is annulled. StatusId is not
-- read: a case that is finished long ago may still be under way in it.
CREATE TABLE dbo.arkArende (
  ArendeId      int          NOT NULL,
  Dnr           varchar(20)  NOT NULL,      -- BYGG 2020-001012
  ArendeTypId   int          NOT NULL,
  ArendeMening  varchar(255) NOT NULL,
  AnkomstDatum  datetime     NOT NULL,
  SlutDatum     datetime     NULL,
  StatusId      numeric(1,0) NOT NULL,
  MakDatum      datetime     NULL,
  RegDatum      datetime     NOT NULL,
  UpdDatum      datetime     NOT NULL,
  PRIMARY KEY (ArendeId),
  FOREIGN KEY (ArendeTypId) REFERENCES dbo.arkArendeTyp (ArendeTypId),
  FOREIGN KEY (StatusId) REFERENCES dbo.arkArendeStatus (StatusId)
);

-- What an event is stands in three steps. A code may be there twice, for two groups
-- of cases: events point at ids.
CREATE TABLE dbo.arkHandelseTyp (
  HandelseTypId int         NOT NULL,
  HandelseTyp   varchar(10) NOT NULL,
  Beskrivning   varchar(40) NOT NULL,
  ArendeGruppId int         NULL,
  ArAktiv       bit         NOT NULL,
  PRIMARY KEY (HandelseTypId),
  UNIQUE (HandelseTyp, ArendeGruppId)
);
CREATE TABLE dbo.arkHandelseSlag (
  HandelseSlagId int         NOT NULL,
  HandelseTypId  int         NOT NULL,
  HandelseSlag   varchar(10) NOT NULL,
  Beskrivning    varchar(40) NOT NULL,
  ArAktiv        bit         NOT NULL,
  PRIMARY KEY (HandelseSlagId),
  UNIQUE (HandelseTypId, HandelseSlag),
  FOREIGN KEY (HandelseTypId) REFERENCES dbo.arkHandelseTyp (HandelseTypId)
);
CREATE TABLE dbo.arkHandelseUtfall (
  HandelseUtfallsId int         NOT NULL,
  HandelseSlagId    int         NOT NULL,
  HandelseUtfall    varchar(10) NOT NULL,
  Beskrivning       varchar(40) NOT NULL,
  ArAktiv           bit         NOT NULL,
  PRIMARY KEY (HandelseUtfallsId),
  UNIQUE (HandelseSlagId, HandelseUtfall),
  FOREIGN KEY (HandelseSlagId) REFERENCES dbo.arkHandelseSlag (HandelseSlagId)
);

-- An event. ArendeId NULL: it belongs to no case. StartDatum is the business date,
-- often midnight and often set back; RegDatum is when the row was written. ArbetsMtrl:
-- a draft.
CREATE TABLE dbo.arkHandelse (
  HandelseId        int          NOT NULL,
  ArendeId          int          NULL,
  HandelseTypId     int          NOT NULL,
  HandelseSlagId    int          NULL,
  HandelseUtfallsId int          NULL,
  Rubrik            varchar(255) NOT NULL,
  StartDatum        datetime     NOT NULL,
  SlutDatum         datetime     NULL,      -- an answer is wanted by then
  RegDatum          datetime     NOT NULL,
  UpdDatum          datetime     NOT NULL,
  ArbetsMtrl        bit          NOT NULL,
  Sekretess         bit          NOT NULL,
  ArMakulerad       bit          NOT NULL,
  PRIMARY KEY (HandelseId),
  FOREIGN KEY (ArendeId) REFERENCES dbo.arkArende (ArendeId),
  FOREIGN KEY (HandelseTypId) REFERENCES dbo.arkHandelseTyp (HandelseTypId)
);
CREATE UNIQUE INDEX XAKarkHandelse_ArendeId_HId ON dbo.arkHandelse (ArendeId, HandelseId);
CREATE INDEX XIEARKHANDELSE_StartDat ON dbo.arkHandelse (StartDatum);

-- What is known besides of an event that is a decision.
CREATE TABLE dbo.arkHandelseBeslut (
  HandelseId    int         NOT NULL,
  BeslutNr      varchar(20) NULL,
  ArHuvudBeslut bit         NOT NULL,       -- the decision that the case is about
  PRIMARY KEY (HandelseId),
  FOREIGN KEY (HandelseId) REFERENCES dbo.arkHandelse (HandelseId)
);

-- Persons and organisations, and what they were called when.
CREATE TABLE dbo.gemPersOrg (
  PersOrgId int         NOT NULL,
  PersOrgNr varchar(33) NULL,               -- in any form, and in none
  ArForetag bit         NOT NULL,
  PRIMARY KEY (PersOrgId)
);
CREATE TABLE dbo.gemPersOrgVersion (
  PersOrgVersionId int          NOT NULL,
  PersOrgId        int          NOT NULL,
  PersOrgVersion   int          NOT NULL,
  Namn             varchar(140) NOT NULL,
  PRIMARY KEY (PersOrgVersionId),
  UNIQUE (PersOrgId, PersOrgVersion),
  FOREIGN KEY (PersOrgId) REFERENCES dbo.gemPersOrg (PersOrgId)
);
CREATE TABLE dbo.gemPersOrgRoll (
  Rollid      int         NOT NULL,
  Roll        varchar(10) NOT NULL,
  Beskrivning varchar(30) NOT NULL,
  PRIMARY KEY (Rollid),
  UNIQUE (Roll)
);

-- Parties of a case, and their roles in it.
CREATE TABLE dbo.arkArende_PersOrgVersion (
  Arende_PersOrgVersionId int      NOT NULL,
  ArendeId                int      NOT NULL,
  PersOrgVersionId        int      NOT NULL,
  UpdDatum                datetime NULL,
  PRIMARY KEY (Arende_PersOrgVersionId),
  FOREIGN KEY (ArendeId) REFERENCES dbo.arkArende (ArendeId),
  FOREIGN KEY (PersOrgVersionId) REFERENCES dbo.gemPersOrgVersion (PersOrgVersionId)
);
CREATE INDEX XFKARKARENDE_PERSORGV_ARENDE ON dbo.arkArende_PersOrgVersion (ArendeId, PersOrgVersionId);
CREATE TABLE dbo.arkArende_PersOrgVersionRoll (
  Arende_PersOrgVersionId int      NOT NULL,
  Rollid                  int      NOT NULL,
  RollDatum               datetime NULL,
  PRIMARY KEY (Arende_PersOrgVersionId, Rollid),
  FOREIGN KEY (Arende_PersOrgVersionId) REFERENCES dbo.arkArende_PersOrgVersion (Arende_PersOrgVersionId),
  FOREIGN KEY (Rollid) REFERENCES dbo.gemPersOrgRoll (Rollid)
);

-- Parties of one event, such as the neighbours that a notice went to.
CREATE TABLE dbo.arkHandelse_PersOrgVersion (
  Handelse_PersOrgVersionId int      NOT NULL,
  HandelseId                int      NOT NULL,
  PersOrgVersionId          int      NOT NULL,
  UpdDatum                  datetime NULL,
  PRIMARY KEY (Handelse_PersOrgVersionId),
  FOREIGN KEY (HandelseId) REFERENCES dbo.arkHandelse (HandelseId),
  FOREIGN KEY (PersOrgVersionId) REFERENCES dbo.gemPersOrgVersion (PersOrgVersionId)
);
CREATE INDEX XFKARKHANDELSE_PERSORGV_HNDLSE ON dbo.arkHandelse_PersOrgVersion (HandelseId, PersOrgVersionId);
CREATE TABLE dbo.arkHandelse_PersOrgVersionRoll (
  Handelse_PersOrgVersionId int      NOT NULL,
  Rollid                    int      NOT NULL,
  RollDatum                 datetime NULL,
  PRIMARY KEY (Rollid, Handelse_PersOrgVersionId),
  FOREIGN KEY (Handelse_PersOrgVersionId) REFERENCES dbo.arkHandelse_PersOrgVersion (Handelse_PersOrgVersionId),
  FOREIGN KEY (Rollid) REFERENCES dbo.gemPersOrgRoll (Rollid)
);

-- ByggR's own log of changes, field by field. It is a second history that could be read,
-- but is not here: which tables are logged is a setting of each kommun's, ArLoggaAndringTabell.
CREATE TABLE dbo.arkTabell (
  TabellId             int         NOT NULL,
  Tabell               varchar(30) NOT NULL,
  ArLoggaAndringTabell bit         NOT NULL,
  PkKolumn             varchar(30) NOT NULL,
  PRIMARY KEY (TabellId),
  UNIQUE (Tabell)
);
CREATE TABLE dbo.arkLoggAndra (
  LoggAndraId   int      NOT NULL,
  TabellId      int      NULL,
  TypId         int      NOT NULL,
  LoggTimestamp datetime NOT NULL,
  LoggTypId     int      NOT NULL,
  PRIMARY KEY (LoggAndraId),
  FOREIGN KEY (TabellId) REFERENCES dbo.arkTabell (TabellId)
);
CREATE TABLE dbo.arkLoggAndraFalt (
  LoggAndraId int           NOT NULL,
  FaltNamn    varchar(30)   NOT NULL,
  Varde       varchar(4000) NULL,
  PRIMARY KEY (LoggAndraId, FaltNamn),
  FOREIGN KEY (LoggAndraId) REFERENCES dbo.arkLoggAndra (LoggAndraId)
);
