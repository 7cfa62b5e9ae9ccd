/* SPDX-License-Identifier: CC0-1.0 */
#include "list.h"

struct EVENT_PRIVATE event {
	uint32_t bits;
	struct list waiting;
#if RTOS_USE_TRACE
	unsigned number;
#endif
};
EVENT_OPAQUE_CHECK();

EventHandle_t event_create_static(StaticEvent_t *storage)
{
	EventHandle_t event = to_event(storage);

	event_opaque_zero(storage);
	list_init(&event->waiting);
	return event;
}

uint32_t event_set(EventHandle_t event, uint32_t bits)
{
	return event->bits |= bits;
}
