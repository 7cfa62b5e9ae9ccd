/* SPDX-License-Identifier: CC0-1.0 */
/*
 * The public header of a small kernel for microcontrollers. Users have static storage for each
 * object, with StaticTask_t and the like, as there may be no heap; what is inside is private to one
 * source each. The sizes come from there: no twin of a struct is kept by hand.
 */
#ifndef RTOS_H
#define RTOS_H

#include <stddef.h>
#include <stdint.h>

#include "rtos_config.h"

#include "event_opaque.h"
#include "queue_opaque.h"
#include "stream_opaque.h"
#include "task_opaque.h"
#include "timer_opaque.h"

typedef struct event *EventHandle_t;
typedef struct queue *QueueHandle_t;
typedef struct stream *StreamHandle_t;
typedef struct task *TaskHandle_t;
typedef struct timer *TimerHandle_t;

typedef struct event_opaque StaticEvent_t;
typedef struct queue_opaque StaticQueue_t;
typedef struct stream_opaque StaticStream_t;
typedef struct task_opaque StaticTask_t;
typedef struct timer_opaque StaticTimer_t;

EventHandle_t event_create_static(StaticEvent_t *storage);
uint32_t event_set(EventHandle_t event, uint32_t bits);

QueueHandle_t queue_create_static(size_t length, size_t item_size, uint8_t *items,
				  StaticQueue_t *storage);
int queue_send(QueueHandle_t queue, const void *item);
int queue_receive(QueueHandle_t queue, void *item);

StreamHandle_t stream_create_static(uint8_t *bytes, size_t size, StaticStream_t *storage);
size_t stream_write(StreamHandle_t stream, const void *bytes, size_t n);

TaskHandle_t task_create_static(void (*run)(void *), const char *name, void *argument,
				unsigned priority, StaticTask_t *storage);
void task_run(TaskHandle_t task);

TimerHandle_t timer_create_static(unsigned period, void (*expired)(TimerHandle_t),
				  StaticTimer_t *storage);
void timer_tick(TimerHandle_t timer);
#endif
