/* SPDX-License-Identifier: CC0-1.0 */
#include <string.h>

#include "list.h"

struct QUEUE_PRIVATE queue {
	uint8_t *items;
	size_t length, item_size, first, n;
	struct list senders, receivers;
	volatile int8_t receive_lock, send_lock;
#if RTOS_USE_TRACE
	unsigned number;
	uint8_t type;
#endif
};
QUEUE_OPAQUE_CHECK();

QueueHandle_t queue_create_static(size_t length, size_t item_size, uint8_t *items,
				  StaticQueue_t *storage)
{
	QueueHandle_t queue = to_queue(storage);

	queue_opaque_zero(storage);
	queue->items = items;
	queue->length = length;
	queue->item_size = item_size;
	list_init(&queue->senders);
	list_init(&queue->receivers);
	return queue;
}

int queue_send(QueueHandle_t queue, const void *item)
{
	size_t place = (queue->first + queue->n) % queue->length;

	if (queue->n == queue->length)
		return 0;
	memcpy(queue->items + place * queue->item_size, item, queue->item_size);
	queue->n++;
	return 1;
}

int queue_receive(QueueHandle_t queue, void *item)
{
	if (queue->n == 0)
		return 0;
	memcpy(item, queue->items + queue->first * queue->item_size, queue->item_size);
	queue->first = (queue->first + 1) % queue->length;
	queue->n--;
	return 1;
}
