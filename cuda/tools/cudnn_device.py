"""The first GPU's properties as cuDNN sees them, as JSON, for gpu-check.sh: cudnn_device.py LIBCUDNN

By cuDNN's graph API (since 9.8), without any package: what an engine was chosen by
can be looked up when the machine is gone.
"""
import ctypes
import sys

# Of cudnn_graph.h.
DEVICEPROP_DESCRIPTOR, DEVICE_ID, JSON = 38, 2700, 2702
INT32, CHAR = 23, 24


def main(path):
    cudnn = ctypes.CDLL(path)

    def call(name, *arguments):
        status = getattr(cudnn, name)(*arguments)
        if status:
            sys.exit(f"{name} answers {status}")

    descriptor = ctypes.c_void_p()
    call("cudnnBackendCreateDescriptor", DEVICEPROP_DESCRIPTOR, ctypes.byref(descriptor))
    device = ctypes.c_int32(0)
    call("cudnnBackendSetAttribute", descriptor, DEVICE_ID, INT32, ctypes.c_int64(1), ctypes.byref(device))
    call("cudnnBackendFinalize", descriptor)
    size = ctypes.c_int64()
    call("cudnnBackendGetAttribute", descriptor, JSON, CHAR, ctypes.c_int64(0), ctypes.byref(size), None)
    text = ctypes.create_string_buffer(size.value + 1)
    call("cudnnBackendGetAttribute", descriptor, JSON, CHAR, size, ctypes.byref(size), text)
    print(text.value.decode())
    call("cudnnBackendDestroyDescriptor", descriptor)


main(sys.argv[1])
