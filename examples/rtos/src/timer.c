/* SPDX-License-Identifier: CC0-1.0 */
#include "list.h"

struct TIMER_PRIVATE timer {
	struct list_item item;
	tick_t period, left;
	void (*expired)(TimerHandle_t);
	StaticEvent_t done; /* the shadow of another source's struct: its header is made first */
};
TIMER_OPAQUE_CHECK();

TimerHandle_t timer_create_static(unsigned period, void (*expired)(TimerHandle_t),
				  StaticTimer_t *storage)
{
	TimerHandle_t timer = to_timer(storage);

	timer_opaque_zero(storage);
	event_create_static(&timer->done);
	timer->period = timer->left = period;
	timer->expired = expired;
	return timer;
}

void timer_tick(TimerHandle_t timer)
{
	if (--timer->left > 0)
		return;
	timer->left = timer->period;
	event_set(to_event(&timer->done), 1);
	timer->expired(timer);
}
