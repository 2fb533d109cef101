"""HTTP semantics shared by the endpoints: parameters, bodies, responses, problem details."""
