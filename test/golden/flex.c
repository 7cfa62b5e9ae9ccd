/* emit -t 'struct conn' --flex 16 --offset list.next --target x86_64-linux-gnu */
struct list {
	struct list *next;
};

struct __attribute__((may_alias)) conn {
	long id;
	struct list list;
	char kind;
	short data[];
};
