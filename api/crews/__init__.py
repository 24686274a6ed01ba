"""Crews: who comes to an employer's sites and when, beds by week, and who of last season was asked back."""
