# Has not been run where it was written, which has no Conan. `conan create .` packages the headers and tries them.
# SPDX-License-Identifier: BSL-1.0
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain
from conan.tools.files import copy, load

required_conan_version = ">=2.0"


class LcmClientRecipe(ConanFile):
    name = "lcm_client"
    description = "C++20 client of the LCM message interface"
    license = "BSL-1.0"
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/*", "include/*"
    test_package_folder = "tests/consumers/conan"
    no_copy_source = True

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include", "lcm_client", "version.hpp"))
        self.version = re.search(r'LCM_CLIENT_VERSION_STRING "([^"]+)"', header).group(1)

    def requirements(self):
        self.requires("boost/[>=1.81.0]", options={"header_only": True}, transitive_headers=True)
        self.requires("nlohmann_json/[>=3.11.2 <4]", transitive_headers=True)
        self.requires("openssl/[>=3.0 <4]", transitive_headers=True, transitive_libs=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables.update({
            "LCM_CLIENT_BUILD_EXAMPLES": False, "LCM_CLIENT_BUILD_TESTS": False, "LCM_CLIENT_INSTALL": True})
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        # The package's own CMake files, which make lcm_client::compiled on the first use.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "lcm_client")]
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
