SELECT "order by", E'it\'s; ORDER BY', 'C:\', $$ ; LIMIT 1 $$, $å1$ $$; $2 ' $å1$, a.tags[b[1]] AS tag, /* ; /* nested */ ORDER BY */
  row_number() OVER (PARTITION BY kase ORDER BY id) nr, data ->> '$1' AS "limit", data ? 'a;b', e$b$.x, U&'\0041;' -- ; $1
FROM e$b$ a WHERE x @> '{}' /*! no code here */
