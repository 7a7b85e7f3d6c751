package handlers

// ButtonHuman is the data of the button that asks for a human, at doors whose
// Traits say that there may be some. The door answers it.
const ButtonHuman = "g:human"
