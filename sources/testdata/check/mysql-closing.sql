SELECT id FROM e) q WHERE 1=1 -- 
