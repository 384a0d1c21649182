/* A library that is only there: parts of cuDNN, and NVRTC's builtins. */
int fake_part(void) { return 0; }
