// SPDX-License-Identifier: BSL-1.0
// Names that platforms and common libraries define as macros, with harmless values of their kind: none may be a name of
// this library. One that takes arguments may be one where no bracket follows.
#ifndef LCM_CLIENT_TESTS_PLATFORM_MACROS_HPP
#define LCM_CLIENT_TESTS_PLATFORM_MACROS_HPP

// --- windows.h and what it includes: windef.h, winbase.h, winnt.h, winuser.h, wingdi.h, rpcndr.h, objbase.h,
// winerror.h -
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define NEAR
#define FAR
#define small char
#define hyper long long
#define interface struct
#define cdecl
#define pascal
#define ABSOLUTE 1
#define ALTERNATE 1
#define APIENTRY
#define BOOLEAN unsigned char
#define CALLBACK
#define CONST const
#define DECLARE_HANDLE(name) struct name##_tag
#define DELETE 0x00010000L
#define DIFFERENCE 11
#define DOMAIN 1
#define DUPLICATE_SAME_ACCESS 2
#define ERROR 0
#define ERROR_SUCCESS 0L
#define FAILED(hr) ((hr) < 0)
#define IGNORE 0
#define IN
#define INFINITE 0xFFFFFFFF
#define INTERFACE
#define INVALID_HANDLE_VALUE (-1)
#define MAXDWORD 0xffffffff
#define NO_ERROR 0L
#define OPAQUE 2
#define OPTIONAL
#define OUT
#define OVERFLOW 3
#define PASCAL
#define PURE = 0
#define REASON 1
#define RELATIVE 2
#define STDMETHODCALLTYPE
#define STRICT 1
#define SUCCEEDED(hr) ((hr) >= 0)
#define SYNCHRONIZE 0x00100000L
#define TEXT(quote) L##quote
#define THIS void
#define THIS_
#define TRANSPARENT 1
#define UNDERFLOW 4
#define UNICODE 1
#define VOID void
#define WINAPI
#define WAIT_TIMEOUT 258L
#define Yield()
#define ZeroMemory(to, size) memset((to), 0, (size))
#define CopyMemory(to, from, size) memcpy((to), (from), (size))
#define MoveMemory(to, from, size) memmove((to), (from), (size))
#define FillMemory(to, size, fill) memset((to), (fill), (size))
#define AddJob AddJobW
#define CallMsgFilter CallMsgFilterW
#define CallWindowProc CallWindowProcW
#define ChangeMenu ChangeMenuW
#define CopyFile CopyFileW
#define CreateDialog(instance, name, parent, function) 0
#define CreateDirectory CreateDirectoryW
#define CreateEvent CreateEventW
#define CreateFile CreateFileW
#define CreateMutex CreateMutexW
#define CreateProcess CreateProcessW
#define CreateSemaphore CreateSemaphoreW
#define CreateService CreateServiceW
#define CreateWindow(name, title, style) 0
#define DefWindowProc DefWindowProcW
#define DeleteFile DeleteFileW
#define DispatchMessage DispatchMessageW
#define DrawText DrawTextW
#define EncryptFile EncryptFileW
#define ExitWindows(code, reserved) 0
#define FindFirstFile FindFirstFileW
#define FindNextFile FindNextFileW
#define FindWindow FindWindowW
#define FormatMessage FormatMessageW
#define GetClassInfo GetClassInfoW
#define GetClassName GetClassNameW
#define GetCommandLine GetCommandLineW
#define GetComputerName GetComputerNameW
#define GetCurrentDirectory GetCurrentDirectoryW
#define GetCurrentTime() 0
#define GetDateFormat GetDateFormatW
#define GetEnvironmentStrings GetEnvironmentStringsW
#define GetFirstChild(window) 0
#define GetForm GetFormW
#define GetFreeSpace(flags) 0
#define GetGValue(rgb) 0
#define GetJob GetJobW
#define GetMessage GetMessageW
#define GetNextSibling(window) 0
#define GetNextWindow(window, command) 0
#define GetObject GetObjectW
#define GetProp GetPropW
#define GetTimeFormat GetTimeFormatW
#define GetUserName GetUserNameW
#define GetVersionEx GetVersionExW
#define IsMaximized(window) 0
#define LoadImage LoadImageW
#define LoadLibrary LoadLibraryW
#define LoadString LoadStringW
#define LogonUser LogonUserW
#define LookupPrivilegeValue LookupPrivilegeValueW
#define MessageBox MessageBoxW
#define MoveFile MoveFileW
#define OpenEvent OpenEventW
#define OpenService OpenServiceW
#define PeekMessage PeekMessageW
#define PlaySound PlaySoundW
#define PostMessage PostMessageW
#define QueryServiceConfig QueryServiceConfigW
#define RegisterClass RegisterClassW
#define RemoveDirectory RemoveDirectoryW
#define ReplaceFile ReplaceFileW
#define ReplaceText ReplaceTextW
#define ReportEvent ReportEventW
#define ResetDC ResetDCW
#define SendDlgItemMessage SendDlgItemMessageW
#define SendMessage SendMessageW
#define SetCurrentDirectory SetCurrentDirectoryW
#define SetForm SetFormW
#define SetJob SetJobW
#define SetPort SetPortW
#define SetProp SetPropW
#define StartDoc StartDocW
#define StartService StartServiceW
#define UpdateResource UpdateResourceW
#define WaitNamedPipe WaitNamedPipeW
#define WriteConsole WriteConsoleW
#define X509_EXTENSIONS 5L

// --- Qt: qobjectdefs.h, qglobal.h -----------------------------------------------------------------------------------
#define emit
#define slots
#define signals public
#define foreach(variable, container) for (variable : container)
#define forever for (;;)

// --- X11: X.h, Xlib.h, Xutil.h, Xdefs.h -----------------------------------------------------------------------------
#define Above 0
#define AllocAll 1
#define AllocNone 0
#define AllowExposures 1
#define AlreadyGrabbed 1
#define Always 2
#define AnyKey 0L
#define AnyModifier 32768
#define AsyncBoth 6
#define BadAccess 10
#define BadAlloc 11
#define BadMatch 8
#define BadName 15
#define BadRequest 1
#define BadValue 2
#define BadWindow 3
#define Below 1
#define Bool int
#define BottomIf 3
#define Button1 1
#define ButtonPress 4
#define ButtonRelease 5
#define CenterGravity 5
#define CirculateNotify 26
#define ClientMessage 33
#define ClipByChildren 0
#define ColormapNotify 32
#define Complex 0
#define ConfigureNotify 22
#define ConnectionNumber(display) 0
#define ControlMask 4
#define Convex 2
#define CopyFromParent 0L
#define CreateNotify 16
#define CurrentTime 0L
#define CursorShape 0
#define DefaultScreen(display) 0
#define DestroyAll 0
#define DestroyNotify 17
#define DirectColor 5
#define DisableAccess 0
#define DisplayString(display) ""
#define EnableAccess 1
#define EnterNotify 7
#define Expose 12
#define FamilyInternet 0
#define FirstExtensionError 128
#define FocusIn 9
#define FocusOut 10
#define GenericEvent 35
#define GrabFrozen 4
#define GrabSuccess 0
#define GraphicsExpose 13
#define GravityNotify 24
#define HostDelete 1
#define HostInsert 0
#define InputFocus 1L
#define InputOnly 2
#define InputOutput 1
#define KeyPress 2
#define KeyRelease 3
#define KeymapNotify 11
#define LASTEvent 36
#define LeaveNotify 8
#define LockMask 2
#define LowerHighest 1
#define MapNotify 19
#define MappingNotify 34
#define MappingSuccess 0
#define MotionNotify 6
#define NoEventMask 0L
#define NoSymbol 0L
#define None 0L
#define Nonconvex 1
#define NotUseful 0
#define NotifyNormal 0
#define Opposite 4
#define ParentRelative 1L
#define PointerRoot 1L
#define PropertyNotify 28
#define PseudoColor 3
#define RaiseLowest 0
#define ReparentNotify 21
#define ResizeRequest 25
#define RetainPermanent 1
#define RevertToParent 2
#define ScreenCount(display) 0
#define SelectionNotify 31
#define SelectionRequest 30
#define ShiftMask 1
#define StaticColor 2
#define Status int
#define Success 0
#define SyncBoth 7
#define TopIf 2
#define True 1
#define False 0
#define TrueColor 4
#define UnmapNotify 18
#define Unsorted 0
#define VisibilityNotify 15
#define WhenMapped 1
#define XYPixmap 1
#define YSorted 1
#define ZPixmap 2

// --- Apple: AssertMacros.h, objc.h, MacTypes.h, TargetConditionals.h ------------------------------------------------
#define check(assertion) ((void)0)
#define check_noerr(code) ((void)0)
#define check_string(assertion, text) ((void)0)
#define debug_string(text) ((void)0)
#define ncheck(assertion) ((void)0)
#define nrequire(assertion, label) ((void)0)
#define nverify(assertion) ((void)0)
#define require(assertion, label) ((void)0)
#define require_action(assertion, label, action) ((void)0)
#define require_noerr(code, label) ((void)0)
#define require_quiet(assertion, label) ((void)0)
#define require_string(assertion, label, text) ((void)0)
#define verify(assertion) ((void)0)
#define verify_action(assertion, action) ((void)0)
#define verify_noerr(code) ((void)0)
#define verify_string(assertion, text) ((void)0)
#define nil nullptr
#define Nil nullptr
#define YES 1
#define NO 0
#define TYPE_BOOL 1
#define TARGET_OS_MAC 1

// --- the C library and the kernel: sys/param.h, sys/sysmacros.h, termios.h, complex.h, math.h, string.h, the compilers
// -
#define B0 0000000
#define B1 0000001
#define B50 0000001
#define B9600 0000015
#define BIG_ENDIAN 4321
#define BUFSIZ 8192
#define BYTE_ORDER 1234
#define CLOCKS_PER_SEC 1000000
#define DEV_BSIZE 512
#define ECHO 0000010
#define EOF (-1)
#define EXEC_PAGESIZE 4096
#define FLUSHO 0010000
#define HUGE 1.0
#define I 1.0
#define LITTLE_ENDIAN 1234
#define MAXHOSTNAMELEN 64
#define NOFILE 256
#define NOGROUP (-1)
#define PAGE_SIZE 4096
#define PENDIN 0040000
#define PI 3.14
#define SING 2
#define TOSTOP 0000400
#define complex _Complex
#define imaginary _Imaginary
#define isset(bits, bit) 0
#define clrbit(bits, bit) 0
#define setbit(bits, bit) 0
#define howmany(x, y) (((x) + ((y)-1)) / (y))
#define roundup(x, y) ((((x) + ((y)-1)) / (y)) * (y))
#define powerof2(x) 0
#define isfinite(x) 1
#define isinf(x) 0
#define isnan(x) 0
#define signbit(x) 0
#define linux 1
#define unix 1
#define i386 1
#define sun 1
#define hpux 1
#define vax 1
#define major(device) 0
#define minor(device) 0
#define makedev(major_, minor_) 0
#define s_addr S_un.S_addr
#define h_addr h_addr_list[0]
#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define stdin 0
#define stdout 1
#define stderr 2
#define basename __xpg_basename
#define strdupa(text) text
#define alloca(size) __builtin_alloca(size)

// --- Arduino-like: Arduino.h ----------------------------------------------------------------------------------------
#define abs(x) ((x) > 0 ? (x) : -(x))
#define bit(b) (1UL << (b))
#define bitClear(value, b) ((value) &= ~(1UL << (b)))
#define bitRead(value, b) (((value) >> (b)) & 0x01)
#define bitSet(value, b) ((value) |= (1UL << (b)))
#define bitWrite(value, b, to) 0
#define constrain(x, low_, high_) ((x) < (low_) ? (low_) : ((x) > (high_) ? (high_) : (x)))
#define degrees(x) ((x)*57.29)
#define highByte(w) 0
#define interrupts()
#define lowByte(w) 0
#define noInterrupts()
#define radians(x) ((x)*0.017)
#define round(x) ((long)(x))
#define sq(x) ((x) * (x))
#define word(...) 0
#define F(text) (text)
#define CHANGE 1
#define DEFAULT 1
#define DISABLED 0
#define DISPLAY 1
#define EULER 2.718
#define EXTERNAL 0
#define FALLING 2
#define HIGH 1
#define INPUT 0
#define INTERNAL 3
#define LOW 0
#define LSBFIRST 0
#define OUTPUT 1
#define RISING 3
#define SERIAL 0

// --- applications, and libraries of applications: loggers, test frameworks, GLib, Boost.Preprocessor's users ---------
#define ABS(x) (x)
#define ARRAY_SIZE(x) 1
#define ASSERT(x) ((void)0)
#define BIT(b) (1U << (b))
#define CHECK(x) ((void)0)
#define CLAMP(x, low_, high_) (x)
#define CRITICAL 5
#define DEBUG 1
#define ENSURE(x) ((void)0)
#define ERR(x) ((void)0)
#define EXPECT(x) ((void)0)
#define FAIL(x) ((void)0)
#define FALSE 0
#define FATAL 4
#define FOREACH(x) for (x)
#define GIVEN(x) if (x)
#define INFO 1
#define LOG(x) x
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#define NOTICE 2
#define PANIC(x) ((void)0)
#define REQUIRE(x) ((void)0)
#define SECTION(x) if (x)
#define STR(x) #x
#define TEST(x) void x()
#define THEN(x) if (x)
#define TRACE 0
#define TRUE 1
#define U(x) x
#define UNREACHABLE() ((void)0)
#define UNUSED
#define VERIFY(x) ((void)0)
#define WARN 3
#define WARNING 3
#define WHEN(x) if (x)
#define checkf(x, text) ((void)0)
#define container_of(x, type, member_) (x)
#define countof(x) 1
#define ensure(x) (x)
#define likely(x) (x)
#define log(x) x
#define offset_of(x, member_) 0
#define panic(x) ((void)0)
#define stringify(x) #x
#define unimplemented() ((void)0)
#define unlikely(x) (x)
#define unused

#endif
