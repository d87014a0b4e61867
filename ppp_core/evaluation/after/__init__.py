"""Training and judging predictors that see pictures, and what each more picture brings."""
