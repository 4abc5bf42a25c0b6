/* SPDX-License-Identifier: Apache-2.0 */
/* Makes calls in methods, templates and a handler of an exception. */
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

template <typename T> struct Reader {
	__attribute__((noinline)) T read(const char *path)
	{
		std::ifstream file(path);
		T value;

		file >> value;
		return value;
	}
};

int main()
{
	Reader<std::string> reader;

	std::cout << reader.read("/etc/hostname") << std::endl;
	try {
		throw std::runtime_error("x");
	} catch (const std::exception &) {
		return getppid() < 0;
	}
}
