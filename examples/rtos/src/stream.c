/* SPDX-License-Identifier: CC0-1.0 */
#include <string.h>

#include "list.h"

struct STREAM_PRIVATE stream {
	volatile size_t head, tail;
	uint8_t *bytes;
	size_t size, trigger_level;
	volatile TaskHandle_t reader, writer;
	uint8_t flags;
};
STREAM_OPAQUE_CHECK();

StreamHandle_t stream_create_static(uint8_t *bytes, size_t size, StaticStream_t *storage)
{
	StreamHandle_t stream = to_stream(storage);

	stream_opaque_zero(storage);
	stream->bytes = bytes;
	stream->size = size;
	return stream;
}

size_t stream_write(StreamHandle_t stream, const void *bytes, size_t n)
{
	size_t room = stream->size - stream->head;

	n = n < room ? n : room;
	memcpy(stream->bytes + stream->head, bytes, n);
	stream->head += n;
	return n;
}
