SELECT e'\'; ', $a$ ; $b$ ; $a$ ; DROP TABLE e
