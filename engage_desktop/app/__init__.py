"""What window and command line share: use cases, the engine process, actions. Knows no Qt."""
