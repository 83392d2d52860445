SELECT id, (kase
FROM e
