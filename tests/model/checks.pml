/* SPDX-License-Identifier: BSL-1.0
 * The properties that the model of the outbox asserts, and the mutations of its rules that break them. */

/* -DPROPERTY=NAME asserts only one of them. */
#define every 0
#define ends_once 1
#define acted_once 2
#define in_order 3
#define not_reached_is_true 4
#define leaves_again 5
#define told_is_true 6
#ifndef PROPERTY
#define PROPERTY every
#endif
#define check(property, condition) assert((PROPERTY != every && PROPERTY != property) || (condition))

/* -DMUTATION=NAME breaks one rule. run.sh reads here which property has to fail. */
#define none 0
#define confirms_before_sync 1             /* breaks ends_once */
#define tells_before_sync 2                /* breaks ends_once */
#define ended_is_not_told_again 3          /* breaks ends_once */
#define forgets_that_it_left 4             /* breaks ends_once */
#define sends_before_sync 5                /* breaks acted_once */
#define resends_after_crash 6              /* breaks acted_once */
#define overtakes_unknown 7                /* breaks in_order */
#define ending_misses_the_batch 8          /* breaks in_order */
#define decides_before_settled 9           /* breaks in_order */
#define arrives_after_settle_time 10       /* breaks not_reached_is_true */
#define asks_before_settled 11             /* breaks not_reached_is_true */
#define settles_before_the_answer 12       /* breaks not_reached_is_true */
#define store_may_miss_it 13               /* breaks not_reached_is_true */
#define empty_store_is_evidence 14         /* breaks not_reached_is_true */
#define others_look_like_before 15         /* breaks not_reached_is_true */
#define forgets_what_waits 16              /* breaks leaves_again */
#define mark_outlives_ending 17            /* breaks told_is_true */
#define entries_look_equal 18              /* breaks told_is_true */
#define takes_evidence_for_a_verdict 19    /* breaks told_is_true */
#define counts_lost_endings 20             /* breaks ends_once */
#ifndef MUTATION
#define MUTATION none
#endif
#define unless(mutation, condition) (MUTATION == mutation || (condition))

/* This one needs another desktop. */
#if MUTATION == others_look_like_before
#define DESKTOPS 2
#endif
