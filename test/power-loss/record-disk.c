/*
 * Loaded by LD_PRELOAD into a process, it writes down what the process does to the files below one folder, in the
 * order in which it takes effect, together with what the process sends to its sockets. From this record
 * `disk.ts` builds what a disk may hold after the power was cut at any moment. It can also make the disk fail.
 *
 *   RECORD_FOLDER  absolute path of the folder that is watched
 *   RECORD_LOG     file for the record, outside of the folder; several processes, one after the other, may append
 *   RECORD_FAULTS  optional file with a `struct faults`, which another process may change at any time
 *
 * A record is a `struct record` with `length` bytes after it: of a path, of data, or of two paths with a zero between.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct record {
  uint8_t kind;
  uint8_t unused[3];
  int32_t process, thread, descriptor;
  int64_t offset;
  uint32_t length, flags;
};

struct faults {
  uint8_t syncs_fail;   /* EIO */
  uint8_t opens_fail;   /* EMFILE */
  uint8_t disk_is_full; /* ENOSPC once `room` is used up */
  uint8_t is_dead;      /* SIGKILL between two records, so that nothing is done that is not written down */
  uint8_t unused[4];
  int64_t room; /* bytes */
};

enum { highest = 65536, most_sent = 1024, sync_time = 2000 /* microseconds */ };
enum { no_file, watched };

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int log_descriptor = -1;
static struct faults none, *faults = &none;
static uint8_t kinds[highest];

static long (*kernel)(long, ...);

/* Libraries may open files before the constructor of this one runs. */
__attribute__((constructor(101))) static void find_kernel(void) {
  kernel = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
}

__attribute__((constructor)) static void begin(void) {
  folder = getenv("RECORD_FOLDER");
  const char *log = getenv("RECORD_LOG"), *control = getenv("RECORD_FAULTS");
  if (!folder) return;
  folder_length = strlen(folder);
  if (log) log_descriptor = kernel(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (control) {
    int descriptor = kernel(SYS_openat, AT_FDCWD, control, O_RDWR | O_CLOEXEC);
    void *shared = mmap(NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (shared == MAP_FAILED) abort();
    faults = shared;
    kernel(SYS_close, descriptor);
  }
}

static int is_inside(const char *path) {
  return folder && path && strncmp(path, folder, folder_length) == 0 &&
         (path[folder_length] == '/' || path[folder_length] == 0);
}

static int kind_of(int descriptor) {
  return descriptor >= 0 && descriptor < highest ? kinds[descriptor] : no_file;
}

static int fails(int error) {
  errno = error;
  return -1;
}

static void enter(void) {
  pthread_mutex_lock(&order);
  if (faults->is_dead) raise(SIGKILL);
}

static void leave(void) { pthread_mutex_unlock(&order); }

/* Appends one record; the caller holds `order` where the order counts. A record that is cut off would be a lie. */
static void note(char kind, int descriptor, int64_t offset, uint32_t flags, const struct iovec *parts, int count,
                 size_t length) {
  if (log_descriptor < 0) return;
  int before = errno;
  struct record record = {.kind = kind, .process = getpid(), .thread = kernel(SYS_gettid), .descriptor = descriptor,
                          .offset = offset, .length = length, .flags = flags};
  char *copy = malloc(sizeof record + length), *end = copy + sizeof record;
  if (!copy) abort();
  memcpy(copy, &record, sizeof record);
  for (int i = 0; i < count && length > 0; i++) {
    size_t part = parts[i].iov_len < length ? parts[i].iov_len : length;
    memcpy(end, parts[i].iov_base, part);
    end += part;
    length -= part;
  }
  for (char *at = copy; at < end;) {
    ssize_t written = kernel(SYS_write, log_descriptor, at, end - at);
    if (written < 0) abort();
    at += written;
  }
  free(copy);
  errno = before;
}

static void note_paths(char kind, int descriptor, uint32_t flags, const char *first, const char *second) {
  struct iovec parts[] = {{(void *)first, strlen(first) + (second ? 1 : 0)},
                          {(void *)second, second ? strlen(second) : 0}};
  note(kind, descriptor, 0, flags, parts, 2, parts[0].iov_len + parts[1].iov_len);
}

/* ---- names ---- */

static int open_watched(const char *path, int flags, mode_t mode) {
  if (!is_inside(path)) {
    int descriptor = kernel(SYS_openat, AT_FDCWD, path, flags, mode);
    if (descriptor >= 0 && descriptor < highest) kinds[descriptor] = no_file;
    return descriptor;
  }
  if (faults->opens_fail) return fails(EMFILE);
  enter();
  int descriptor = kernel(SYS_openat, AT_FDCWD, path, flags, mode);
  if (descriptor >= highest) abort();
  if (descriptor >= 0) {
    kinds[descriptor] = watched;
    note_paths('O', descriptor, flags & O_TRUNC ? 1 : 0, path, NULL);
  }
  leave();
  return descriptor;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    return open_watched(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
#define OPENAT(name) \
  int name(int at, const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    return is_inside(path) ? open_watched(path, flags, mode) : kernel(SYS_openat, at, path, flags, mode); \
  }
OPENAT(openat)
OPENAT(openat64)

int close(int descriptor) {
  if (kind_of(descriptor) == no_file) return kernel(SYS_close, descriptor);
  enter();
  if (kinds[descriptor] == watched) note('C', descriptor, 0, 0, NULL, 0, 0);
  kinds[descriptor] = no_file;
  int result = kernel(SYS_close, descriptor);
  leave();
  return result;
}

/* Another descriptor for a watched file would write unseen. */
int dup(int descriptor) {
  if (kind_of(descriptor) == watched) abort();
  return kernel(SYS_dup, descriptor);
}

#define CHANGE_NAME(kind, call, path) \
  if (!is_inside(path)) return call; \
  if (faults->disk_is_full && faults->room <= 0 && kind == 'M') return fails(ENOSPC); \
  enter(); \
  int result = call; \
  if (result == 0) note_paths(kind, -1, 0, path, NULL); \
  leave(); \
  return result;
int unlink(const char *path) { CHANGE_NAME('U', kernel(SYS_unlinkat, AT_FDCWD, path, 0), path) }
int rmdir(const char *path) { CHANGE_NAME('U', kernel(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR), path) }
int remove(const char *path) { return unlink(path) == 0 ? 0 : errno == EISDIR ? rmdir(path) : -1; }
int unlinkat(int at, const char *path, int flags) {
  CHANGE_NAME('U', kernel(SYS_unlinkat, at, path, flags), path)
}
int mkdir(const char *path, mode_t mode) { CHANGE_NAME('M', kernel(SYS_mkdirat, AT_FDCWD, path, mode), path) }

int rename(const char *from, const char *to) {
  if (!is_inside(from) && !is_inside(to)) return kernel(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  enter();
  int result = kernel(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (result == 0) note_paths('R', -1, 0, from, to);
  leave();
  return result;
}

/* ---- contents ---- */

/* How much of a write there is room for; 0 is never asked for. */
static size_t room_for(size_t length) {
  if (!faults->disk_is_full) return length;
  int64_t room = faults->room;
  if (room <= 0) return 0;
  size_t taken = (size_t)room < length ? (size_t)room : length;
  faults->room -= taken;
  return taken;
}

static ssize_t write_watched(int descriptor, const struct iovec *parts, int count, off_t offset) {
  size_t length = 0;
  for (int i = 0; i < count; i++) length += parts[i].iov_len;
  enter();
  size_t room = length ? room_for(length) : 0;
  ssize_t written;
  if (length && !room) {
    written = fails(ENOSPC);
  } else if (room < length) { /* a disk that becomes full takes the first part of a write */
    size_t first = parts[0].iov_len < room ? parts[0].iov_len : room;
    written = offset < 0 ? kernel(SYS_write, descriptor, parts[0].iov_base, first)
                         : kernel(SYS_pwrite64, descriptor, parts[0].iov_base, first, offset);
  } else {
    written = offset < 0 ? kernel(SYS_writev, descriptor, parts, count)
                         : kernel(SYS_pwritev, descriptor, parts, count, offset, 0);
  }
  if (written > 0) {
    off_t at = offset < 0 ? lseek(descriptor, 0, SEEK_CUR) - written : offset;
    if (at < 0) abort();
    note('W', descriptor, at, 0, parts, count, written);
  }
  leave();
  return written;
}

/* What is sent to a socket, before it is sent: all that it promises must be on the disk by now. */
static void note_sent(int descriptor, const struct iovec *parts, int count) {
  if (log_descriptor < 0 || descriptor < 0 || descriptor >= highest) return;
  struct stat found;
  if (fstat(descriptor, &found) != 0 || !S_ISSOCK(found.st_mode)) return;
  size_t length = 0;
  for (int i = 0; i < count; i++) length += parts[i].iov_len;
  enter();
  note('N', descriptor, 0, 0, parts, count, length < most_sent ? length : most_sent);
  leave();
}

ssize_t write(int descriptor, const void *data, size_t length) {
  struct iovec part = {(void *)data, length};
  if (kind_of(descriptor) == watched) return write_watched(descriptor, &part, 1, -1);
  note_sent(descriptor, &part, 1);
  return kernel(SYS_write, descriptor, data, length);
}
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  if (kind_of(descriptor) == watched) return write_watched(descriptor, parts, count, -1);
  note_sent(descriptor, parts, count);
  return kernel(SYS_writev, descriptor, parts, count);
}
ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
  note_sent(descriptor, message->msg_iov, message->msg_iovlen);
  return kernel(SYS_sendmsg, descriptor, message, flags);
}
ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
  struct iovec part = {(void *)data, length};
  if (kind_of(descriptor) == watched) return write_watched(descriptor, &part, 1, offset);
  return kernel(SYS_pwrite64, descriptor, data, length, offset);
}
ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
  return pwrite64(descriptor, data, length, offset);
}
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) {
  if (kind_of(descriptor) == watched) return write_watched(descriptor, parts, count, offset);
  return kernel(SYS_pwritev, descriptor, parts, count, offset, 0);
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  return pwritev64(descriptor, parts, count, offset);
}

int ftruncate64(int descriptor, off64_t length) {
  if (kind_of(descriptor) != watched) return kernel(SYS_ftruncate, descriptor, length);
  enter();
  int result = kernel(SYS_ftruncate, descriptor, length);
  if (result == 0) note('T', descriptor, length, 0, NULL, 0, 0);
  leave();
  return result;
}
int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

/* libuv closes files this way. A ring would carry writes past the record. */
long syscall(long number, ...) {
  long part[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) part[i] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_close) return close(part[0]);
  if (number == SYS_copy_file_range && kind_of(part[2]) == watched) return fails(EXDEV);
  if (number == SYS_io_uring_setup && folder) return fails(ENOSYS);
  return kernel(number, part[0], part[1], part[2], part[3], part[4], part[5]);
}

/* Copies within the kernel would go past the record: their callers know that not every file system can. */
ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags) {
  if (kind_of(to) == watched) return fails(EXDEV);
  return kernel(SYS_copy_file_range, from, from_offset, to, to_offset, length, flags);
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) {
  if (kind_of(to) == watched) return fails(EINVAL);
  return kernel(SYS_sendfile, to, from, offset, length);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t length) { return sendfile64(to, from, offset, length); }

/* ---- syncs ---- */

/* What was written before a sync began is on the disk when it has ended. The kernel is not asked, as the disk of this
   record is the replay's; but a disk takes its time, in which other threads go on. */
static int sync_watched(int descriptor) {
  enter();
  note('S', descriptor, 0, 0, NULL, 0, 0);
  leave();
  usleep(sync_time);
  enter();
  int is_lost = faults->syncs_fail;
  note(is_lost ? 'F' : 'E', descriptor, 0, 0, NULL, 0, 0);
  leave();
  return is_lost ? fails(EIO) : 0;
}
int fsync(int descriptor) {
  return kind_of(descriptor) == watched ? sync_watched(descriptor) : kernel(SYS_fsync, descriptor);
}
int fdatasync(int descriptor) {
  return kind_of(descriptor) == watched ? sync_watched(descriptor) : kernel(SYS_fdatasync, descriptor);
}
