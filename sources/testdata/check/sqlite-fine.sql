SELECT [order by], 'C:\', "a;b" -- C:\' ; ORDER BY
FROM e WHERE path LIKE 'x\' AND y <> ';'
