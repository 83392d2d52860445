SELECT h.HandelseId, h.[Ärende nr], N'TOP och ;' AS x, [a]]b; ORDER BY], (SELECT TOP (1) t.Typ FROM dbo.Typ t ORDER BY t.Typ) AS Typ,
  top, @@SERVERNAME AS server /* med /* nästlad ; */ kommentar */
FROM dbo.Ärende h JOIN #lokal l ON l.go = h.Id -- ORDER BY
