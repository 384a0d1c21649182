/* The emulated NVRTC, of which cuDNN only needs that it is there. */
int nvrtcVersion(int *major, int *minor) {
  *major = MAJOR;
  *minor = MINOR;
  return 0;
}
