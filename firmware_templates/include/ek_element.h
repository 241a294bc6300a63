/* SPDX-License-Identifier: Apache-2.0 */
/* Elements of int8, or of int16 where `wide`, for kernels that compute both alike. The type is a
 * literal, so that the compiler leaves one of the two. */
#ifndef EK_ELEMENT_H
#define EK_ELEMENT_H

#include "ek_types.h"

static inline int32_t ek_element_bytes(bool wide)
{
    return wide ? (int32_t)sizeof(int16_t) : (int32_t)sizeof(int8_t);
}

static inline int32_t ek_element_min(bool wide)
{
    return wide ? INT16_MIN : INT8_MIN;
}

static inline int32_t ek_element_max(bool wide)
{
    return wide ? INT16_MAX : INT8_MAX;
}

static inline int32_t ek_element(const void *elements, int32_t index, bool wide)
{
    return wide ? ((const int16_t *)elements)[index] : ((const int8_t *)elements)[index];
}

static inline void ek_element_put(void *elements, int32_t index, int32_t value, bool wide)
{
    if (wide) {
        ((int16_t *)elements)[index] = (int16_t)value;
    } else {
        ((int8_t *)elements)[index] = (int8_t)value;
    }
}

#endif
