(SELECT `order by`, "limit", 'it''s; \'; ORDER BY', 5--3 AS n, GROUP_CONCAT(a.x ORDER BY a.y SEPARATOR ';') AS `limit`, -- ; ORDER BY
  ROW_NUMBER() OVER (PARTITION BY kase ORDER BY id) nr, a.limit, a.id AS offset # ; LIMIT
FROM e a /* ; ORDER BY */ JOIN (SELECT id FROM f ORDER BY id LIMIT 5) f ON f.id = a.id)
UNION ALL SELECT 1, 2, 3, 4, 5, 6, 7, 8
