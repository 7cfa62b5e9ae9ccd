/* SPDX-License-Identifier: CC0-1.0 */
/* What an application chooses. It changes the private structs, and so the headers that are made
 * from them. */
#ifndef RTOS_CONFIG_H
#define RTOS_CONFIG_H
#define RTOS_MAX_TASK_NAME_LEN 16
#define RTOS_PRIORITIES	       5
#ifndef RTOS_USE_TRACE
#define RTOS_USE_TRACE 0
#endif
typedef uint32_t tick_t;
#endif
