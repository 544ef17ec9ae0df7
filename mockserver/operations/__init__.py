"""One function per documented operation, by area: takes a Call, answers a body, does its work through ``domain/``."""
