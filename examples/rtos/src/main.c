/* SPDX-License-Identifier: CC0-1.0 */
/* An application: it has all storage, and sees nothing of what is inside. */
#include "rtos.h"

static StaticQueue_t queue_storage;
static StaticTask_t task_storage;
static StaticTimer_t timer_storage;
static StaticStream_t stream_storage;
static uint8_t items[4 * sizeof(int)], bytes[8];
static int n_expired;

static void expired(TimerHandle_t timer)
{
	(void)timer;
	n_expired++;
}

static void sum(void *argument)
{
	QueueHandle_t queue = argument;
	int total = 0, item;

	while (queue_receive(queue, &item))
		total += item;
	queue_send(queue, &total);
}

int main(void)
{
	QueueHandle_t queue = queue_create_static(4, sizeof(int), items, &queue_storage);
	TaskHandle_t task = task_create_static(sum, "sum", queue, 2, &task_storage);
	TimerHandle_t timer = timer_create_static(3, expired, &timer_storage);
	StreamHandle_t stream = stream_create_static(bytes, sizeof(bytes), &stream_storage);
	int total = 0;

	for (int item = 1; queue_send(queue, &item); item++)
		timer_tick(timer);
	task_run(task);
	queue_receive(queue, &total);
	return total == 10 && n_expired == 1 && stream_write(stream, "0123456789", 10) == 8 ? 0 : 1;
}
