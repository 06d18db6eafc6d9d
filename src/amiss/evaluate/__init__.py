"""How good it is: metrics, intervals and the evaluation of a data set."""
