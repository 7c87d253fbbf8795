"""What students get: a skeleton without solutions, the public checks, data, a README and CI workflows."""
