/* SPDX-License-Identifier: CC0-1.0 */
#include <string.h>

#include "list.h"

struct TASK_PRIVATE task {
	volatile uintptr_t *top_of_stack;
	struct list_item state, waiting_for;
	unsigned priority, base_priority;
	void (*run)(void *);
	void *argument;
	char name[RTOS_MAX_TASK_NAME_LEN];
#if RTOS_USE_TRACE
	uint64_t run_time;
#endif
	volatile uint32_t notified_value;
	volatile uint8_t notify_state;
};
TASK_OPAQUE_CHECK();

/* The kernel itself has static storage for an object of another source. */
static StaticTimer_t idle_timer;

static void idle(TimerHandle_t timer)
{
	(void)timer;
}

TaskHandle_t task_create_static(void (*run)(void *), const char *name, void *argument,
				unsigned priority, StaticTask_t *storage)
{
	TaskHandle_t task = to_task(storage);

	task_opaque_zero(storage);
	timer_create_static(1, idle, &idle_timer);
	task->run = run;
	task->argument = argument;
	task->priority = task->base_priority =
		priority < RTOS_PRIORITIES ? priority : RTOS_PRIORITIES - 1;
	strncpy(task->name, name, sizeof(task->name) - 1);
	return task;
}

void task_run(TaskHandle_t task)
{
	task->run(task->argument);
}
