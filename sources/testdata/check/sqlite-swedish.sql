SELECT "Ärende", åtgärd FROM ärenden WHERE å = 'ö' ORDER BY åtgärd
