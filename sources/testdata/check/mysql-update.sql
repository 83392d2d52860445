UPDATE e SET kase = 1
