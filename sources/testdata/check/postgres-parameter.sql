SELECT id, kase FROM e WHERE at > $1 AND x = $23
