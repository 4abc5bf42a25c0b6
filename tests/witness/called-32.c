/* SPDX-License-Identifier: Apache-2.0 */
__attribute__((noinline)) int called_in_32(void)
{
	int result = 132;

	__asm__ volatile("int $0x80" : "+a"(result) : "b"(0x80000001));
	return result;
}

int main(void)
{
	called_in_32();
	return 0;
}
