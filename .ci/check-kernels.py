"""check-kernels.py FOLDER ARCH[,ARCH...] FILE.cu... : compiles with the NVRTC and the ptxas in FOLDER; see check-kernels."""

import ctypes
import glob
import os
import re
import subprocess
import sys
import tempfile

OPTIONS = ["--std=c++17", "--fmad=false"]
# By the name that sources include them with.
HEADERS = {os.path.basename(path): path for path in glob.glob("src/**/*.cuh", recursive=True)}


def strings(texts):
    texts = list(texts)
    return (ctypes.c_char_p * len(texts))(*texts)


class Nvrtc:
    def __init__(self, folder):
        # The 13.x packages do not find their built-in functions by themselves.
        for builtins in glob.glob(folder + "/libnvrtc-builtins.so*"):
            ctypes.CDLL(builtins, mode=ctypes.RTLD_GLOBAL)
        self.lib = ctypes.CDLL(sorted(glob.glob(folder + "/libnvrtc.so*"))[0])
        self.lib.nvrtcGetErrorString.restype = ctypes.c_char_p

    def call(self, name, *args):
        code = getattr(self.lib, name)(*args)
        if code:
            raise RuntimeError(f"{name}: {self.lib.nvrtcGetErrorString(code).decode()}")

    def version(self):
        major, minor = ctypes.c_int(), ctypes.c_int()
        self.call("nvrtcVersion", ctypes.byref(major), ctypes.byref(minor))
        return f"{major.value}.{minor.value}"

    def archs(self):
        count = ctypes.c_int()
        self.call("nvrtcGetNumSupportedArchs", ctypes.byref(count))
        archs = (ctypes.c_int * count.value)()
        self.call("nvrtcGetSupportedArchs", archs)
        return list(archs)

    def text(self, program, what):
        size = ctypes.c_size_t()
        self.call(f"nvrtcGet{what}Size", program, ctypes.byref(size))
        text = ctypes.create_string_buffer(size.value)
        self.call(f"nvrtcGet{what}", program, text)
        return text.value

    def ptx(self, path, arch):
        program = ctypes.c_void_p()
        with open(path, "rb") as file:
            source = file.read()
        texts, names = strings(open(path, "rb").read() for path in HEADERS.values()), strings(name.encode() for name in HEADERS)
        self.call("nvrtcCreateProgram", ctypes.byref(program), source, path.encode(), len(HEADERS), texts, names)
        options = [f"--gpu-architecture=compute_{arch}", *OPTIONS]
        listed = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        try:
            self.call("nvrtcCompileProgram", program, len(options), listed)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{self.text(program, 'ProgramLog').decode()}") from None
        return self.text(program, "PTX")


def assemble(ptxas, ptx, arch):
    """(kernel, registers, bytes in local memory by spilling or indexing, shared bytes) of each kernel."""
    with tempfile.NamedTemporaryFile(suffix=".ptx") as file:
        file.write(ptx)
        file.flush()
        done = subprocess.run([ptxas, "-v", f"-arch=sm_{arch}", file.name, "-o", os.devnull], capture_output=True, text=True)
    text = done.stderr + done.stdout
    if done.returncode:
        raise RuntimeError(text)
    found = []
    for part in re.split(r"Compiling entry function '", text)[1:]:
        name = part.split("'")[0]
        spills = sum(int(n) for n in re.findall(r"(\d+) bytes (?:spill|stack)", part))
        registers = re.search(r"Used (\d+) registers", part)
        shared = re.search(r"(\d+) bytes smem", part)
        found.append((name, int(registers[1]), spills, int(shared[1]) if shared else 0))
    return found


def early(ptx):
    """Kernels of which something touches global memory, or leaves, before it has waited for the kernel before it."""
    found = []
    for part in ptx.decode().split(".entry ")[1:]:
        before = part.split("griddepcontrol.wait")[0]
        if re.search(r"\b(ld|st|atom|red|cp|prefetch)\.(\w+\.)*global|\bld\.(volatile\.)?[us]\d|\bret;", before):
            found.append(part.split("(")[0])
    return found


def main():
    folder, wanted, paths = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
    nvrtc, ptxas, failed = Nvrtc(folder), os.path.join(folder, "ptxas"), False
    archs = [arch for arch in wanted if int(arch) in nvrtc.archs()]
    print(f"NVRTC {nvrtc.version()}: sm_{', sm_'.join(archs)}")
    for path in paths:
        kernels = {}
        for arch in archs:
            try:
                ptx = nvrtc.ptx(path, arch)
                for name, *numbers in assemble(ptxas, ptx, arch):
                    kernels.setdefault(name, []).append(numbers)
                if int(arch) >= 90 and (hasty := early(ptx)):
                    raise RuntimeError(f"in_turn() does not come first in {', '.join(hasty)}")
            except RuntimeError as error:
                print(f"{path}, sm_{arch}: FAILED\n{error}")
                failed = True
        print(f"{path}: {len(kernels)} kernels")
        for name, rows in kernels.items():
            spilled = max(row[1] for row in rows)
            registers = "/".join(str(row[0]) for row in rows)
            print(f"  {name:32} registers {registers:20} local {spilled} bytes, shared {max(row[2] for row in rows)}")
            failed |= spilled > 0
        failed |= not kernels
    sys.exit(failed)


main()
