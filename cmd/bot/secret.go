package main

import "waybill/internal/redact"

// Secret is a setting that must not be shown.
type Secret = redact.Secret
