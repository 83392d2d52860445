-- A small case system ("ärendesystem") to try things on. It stands for the one
-- that you already have: nothing here is made for Ärendebryggan, which only reads.
--
-- Kinds of cases, cases, parties and an append-only history of what happened.
-- Every identity number is an official test number.

PRAGMA journal_mode = WAL;      -- readers and writers do not wait for each other
PRAGMA foreign_keys = ON;

CREATE TABLE arendetyp (
  kod     TEXT PRIMARY KEY,
  namn    TEXT NOT NULL,
  prefix  TEXT NOT NULL         -- begins the diary number
);
INSERT INTO arendetyp VALUES
  ('BYGGLOV', 'Bygglov', 'BYGG'),
  ('SERVTILL', 'Serveringstillstånd', 'ALK');

-- What can happen in a case. A decision is first a draft.
CREATE TABLE handelseslag (
  kod           TEXT PRIMARY KEY,
  handelsetyp   TEXT NOT NULL,
  utfall        TEXT,
  svarstid      INTEGER,        -- days that the applicant has to answer in
  forst_utkast  INTEGER NOT NULL DEFAULT 0
);
INSERT INTO handelseslag VALUES
  ('INKOM',         'INKOM',    NULL,        NULL, 0),
  ('HANDL',         'HANDL',    'UTSEDD',    NULL, 0),   -- internal: a handläggare is appointed
  ('AVGIFT',        'AVGIFT',   'BEGARD',    30,   0),
  ('AVGIFT_BET',    'AVGIFT',   'BETALD',    NULL, 0),
  ('KOMPL',         'KOMPL',    'BEGARD',    21,   0),
  ('KOMPL_INKOM',   'KOMPL',    'INKOM',     NULL, 0),
  ('KOMPLETT',      'KOMPLETT', NULL,        NULL, 0),
  ('REMISS',        'REMISS',   'SKICKAD',   NULL, 0),
  ('BESLUT_BIFALL', 'BESLUT',   'BIFALL',    NULL, 1),
  ('BESLUT_AVSLAG', 'BESLUT',   'AVSLAG',    NULL, 1),
  ('START',         'START',    NULL,        NULL, 0),
  ('SLUT',          'SLUT',     NULL,        NULL, 0),
  ('AVSLUT',        'AVSLUT',   NULL,        NULL, 0),
  ('ARKIV',         'ARKIV',    NULL,        NULL, 0);   -- internal: the case is filed away

-- What may follow what, for each kind of case. A new case begins with INKOM.
CREATE TABLE flode (
  arendetyp  TEXT NOT NULL REFERENCES arendetyp,
  fran       TEXT NOT NULL REFERENCES handelseslag,
  till       TEXT NOT NULL REFERENCES handelseslag,
  PRIMARY KEY (arendetyp, fran, till)
);
INSERT INTO flode VALUES
  ('BYGGLOV',  'INKOM',         'HANDL'),
  ('BYGGLOV',  'HANDL',         'KOMPL'),
  ('BYGGLOV',  'HANDL',         'KOMPLETT'),
  ('BYGGLOV',  'KOMPL',         'KOMPL_INKOM'),
  ('BYGGLOV',  'KOMPL_INKOM',   'KOMPL'),
  ('BYGGLOV',  'KOMPL_INKOM',   'KOMPLETT'),
  ('BYGGLOV',  'KOMPLETT',      'BESLUT_BIFALL'),
  ('BYGGLOV',  'KOMPLETT',      'BESLUT_AVSLAG'),
  ('BYGGLOV',  'BESLUT_BIFALL', 'START'),
  ('BYGGLOV',  'BESLUT_AVSLAG', 'AVSLUT'),
  ('BYGGLOV',  'START',         'SLUT'),
  ('BYGGLOV',  'SLUT',          'ARKIV'),
  ('BYGGLOV',  'AVSLUT',        'ARKIV'),
  ('SERVTILL', 'INKOM',         'AVGIFT'),
  ('SERVTILL', 'AVGIFT',        'AVGIFT_BET'),
  ('SERVTILL', 'AVGIFT_BET',    'HANDL'),
  ('SERVTILL', 'HANDL',         'KOMPL'),
  ('SERVTILL', 'HANDL',         'REMISS'),
  ('SERVTILL', 'KOMPL',         'KOMPL_INKOM'),
  ('SERVTILL', 'KOMPL_INKOM',   'REMISS'),
  ('SERVTILL', 'REMISS',        'BESLUT_BIFALL'),
  ('SERVTILL', 'REMISS',        'BESLUT_AVSLAG'),
  ('SERVTILL', 'BESLUT_BIFALL', 'ARKIV'),
  ('SERVTILL', 'BESLUT_AVSLAG', 'ARKIV');

-- Persons and organisations, with numbers written in many ways, as registers have them.
CREATE TABLE part (
  part_id             INTEGER PRIMARY KEY,
  namn                TEXT NOT NULL,
  identitetsnummer    TEXT NOT NULL,
  organisation        INTEGER NOT NULL DEFAULT 0
);
INSERT INTO part VALUES
  (1, 'Alva Test',   '199009222382', 0),
  (2, 'Bashir Test', '19541007-2572', 0),
  (3, 'Cilla Test',  '800319-2385', 0),
  (4, 'David Test',  '8007292397', 0),       -- neither century nor sign
  (5, 'Elena Test',  '198300742395', 0),     -- a samordningsnummer
  (6, 'Farid Test',  '200001121227', 0),
  (7, 'Gun Test',    ' 19770204-2396 ', 0),
  (8, 'Hugo Test',   '196909092394', 0),
  (9, 'Folkparken i Teststad', '212000-2411', 1);

CREATE TABLE arende (
  arende_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  arendetyp     TEXT NOT NULL REFERENCES arendetyp,
  diarienummer  TEXT UNIQUE,
  sekretess     INTEGER NOT NULL DEFAULT 0
);

-- Who the case is about: SOK applicant, MSOK co-applicant, KPER contact person.
CREATE TABLE arende_part (
  arende_id  INTEGER NOT NULL REFERENCES arende,
  part_id    INTEGER NOT NULL REFERENCES part,
  roll       TEXT NOT NULL CHECK (roll IN ('SOK', 'MSOK', 'KPER')),
  PRIMARY KEY (arende_id, part_id, roll)
);

-- The history: one row for each thing that happened.
CREATE TABLE handelse (
  handelse_id   INTEGER PRIMARY KEY AUTOINCREMENT,
  arende_id     INTEGER NOT NULL REFERENCES arende,
  handelseslag  TEXT NOT NULL REFERENCES handelseslag,
  tidpunkt      TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),   -- UTC
  svara_senast  TEXT,
  utkast        INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX handelse_arende ON handelse (arende_id);

-- Only a draft can be changed, and no row can be removed.
CREATE TRIGGER handelse_fast BEFORE UPDATE ON handelse WHEN OLD.utkast = 0
BEGIN SELECT RAISE(ABORT, 'an event that is no draft cannot be changed'); END;
CREATE TRIGGER handelse_kvar BEFORE DELETE ON handelse
BEGIN SELECT RAISE(ABORT, 'the history keeps every event'); END;

-- INSERT INTO arende (arendetyp) VALUES ('BYGGLOV') registers a whole case: this
-- gives it a number, parties and its first event. Every tenth case is secret.
CREATE TRIGGER arende_ny AFTER INSERT ON arende
BEGIN
  UPDATE arende SET
    diarienummer = (SELECT prefix FROM arendetyp WHERE kod = NEW.arendetyp)
      || strftime(' %Y-', 'now') || printf('%06d', NEW.arende_id),
    sekretess = NEW.arende_id % 10 = 0
  WHERE arende_id = NEW.arende_id;
  -- Half of the restaurants are run by the organisation, the rest by persons.
  INSERT INTO arende_part VALUES (NEW.arende_id,
    iif(NEW.arendetyp = 'SERVTILL' AND NEW.arende_id / 2 % 2 = 1, 9, 1 + (NEW.arende_id - 1) % 8), 'SOK');
  INSERT INTO arende_part SELECT NEW.arende_id, 1 + (NEW.arende_id + 2) % 8, 'MSOK'
    WHERE NEW.arendetyp = 'BYGGLOV' AND NEW.arende_id % 3 = 0;
  INSERT INTO arende_part VALUES (NEW.arende_id, 1 + (NEW.arende_id + 4) % 8, 'KPER');
  INSERT INTO handelse (arende_id, handelseslag) VALUES (NEW.arende_id, 'INKOM');
END;

-- Every step that a handläggare can take now. A case that waits for its draft
-- decision to become final is not among them.
CREATE VIEW nasta_steg AS
SELECT a.arende_id, f.till AS handelseslag, date('now', '+' || s.svarstid || ' days') AS svara_senast,
       s.forst_utkast AS utkast
FROM arende a
JOIN handelse h ON h.handelse_id = (SELECT max(handelse_id) FROM handelse WHERE arende_id = a.arende_id)
JOIN flode f ON f.arendetyp = a.arendetyp AND f.fran = h.handelseslag
JOIN handelseslag s ON s.kod = f.till
WHERE h.utkast = 0;
