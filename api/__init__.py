"""The service: accounts, registers, demand, runs and plans over the engine, by HTTP."""
