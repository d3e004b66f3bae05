"""Put evidence in front of the people who decide, and of the public: figures with their sources."""
