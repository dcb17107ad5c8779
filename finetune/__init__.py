"""The gate, recipes, planner, training, evaluation and local inference; data is opened through a certificate only."""
