-- the newest of each
WITH newest AS (SELECT MAX(id) id FROM e GROUP BY kase)
SELECT e.id, e.kase FROM e JOIN newest n ON n.id = e.id
