/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Gives a fuzz target all inputs of a directory, by name, for whoever has no
   fuzzer: what was found once must not come back. Plain C, as the target is to
   initialise Dovecot's libraries in its own way.

     replay-TARGET DIRECTORY */

#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INPUT_SIZE (1024*1024)

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
	uint8_t *buffer = malloc(MAX_INPUT_SIZE), *data;
	FILE *file = fopen(path, "rb");
	size_t size;

	if (buffer == NULL || file == NULL)
		err(1, "%s", path);
	size = fread(buffer, 1, MAX_INPUT_SIZE, file);
	if (ferror(file) != 0 || size == MAX_INPUT_SIZE)
		errx(1, "%s can't be read, or is too long", path);
	(void)fclose(file);
	/* No larger: reading behind it is a mistake to be found. */
	data = malloc(size > 0 ? size : 1);
	if (data == NULL)
		err(1, "malloc");
	memcpy(data, buffer, size);
	free(buffer);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static void replay_all(const char *directory)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int i, count = scandir(directory, &entries, NULL, alphasort);

	if (count < 0)
		err(1, "%s", directory);
	for (i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			/* If it ends the process, it's the last one named. */
			printf("%s\n", entries[i]->d_name);
			(void)fflush(stdout);
			(void)snprintf(path, sizeof(path), "%s/%s", directory,
				       entries[i]->d_name);
			replay(path);
		}
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char *argv[])
{
	const char *directory = argv[1];

	if (argc != 2)
		errx(2, "usage: %s DIRECTORY", argv[0]);
	if (LLVMFuzzerInitialize != NULL)
		(void)LLVMFuzzerInitialize(&argc, &argv);
	replay_all(directory);
	return 0;
}
