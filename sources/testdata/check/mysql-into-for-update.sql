SELECT id, kase INTO @a, @b FROM e FOR UPDATE
