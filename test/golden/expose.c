/* emit -t 'struct conn' --expose fd --expose peer --expose open --expose name --expose wake --target x86_64-linux-gnu */
struct peer;
struct __attribute__((may_alias)) conn {
	int fd;
	unsigned ready : 1;
	struct peer *peer;
	_Bool open;
	char name[8];
	void (*wake)(struct peer *);
	long secret;
};
